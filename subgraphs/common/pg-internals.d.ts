/** What `pg` exports without types. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A value as text for PostgreSQL, or bytes. */
    readonly prepareValue: (value: unknown) => string | Buffer | null;
  };
  export default utils;
}
