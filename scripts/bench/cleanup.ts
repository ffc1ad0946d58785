type Ending = () => Promise<void> | void;

/** What has been started and must be ended, however this program ends: the newest first, each once. */
export class Cleanup {
  private readonly endings: Ending[] = [];
  private running?: Promise<void>;

  add(ending: Ending): void {
    this.endings.push(ending);
  }

  /** Whoever asks while it runs waits for the same end. */
  run(): Promise<void> {
    this.running ??= this.endAll();
    return this.running;
  }

  private async endAll(): Promise<void> {
    for (let ending = this.endings.pop(); ending; ending = this.endings.pop()) {
      try {
        await ending();
      } catch (error) {
        console.error(`Not everything could be ended: ${error}`);
      }
    }
  }
}
