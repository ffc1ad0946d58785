/** How many requests are worked on at once. More would only make all of them wait, so they are told at once to come again. */
export class Admission {
  private inFlight = 0;

  constructor(private readonly most: number) {}

  /** Lets a request in, or not. Whoever is let in must `leave`. */
  enter(): boolean {
    if (this.inFlight >= this.most) return false;
    this.inFlight++;
    return true;
  }

  leave(): void {
    this.inFlight--;
  }
}
