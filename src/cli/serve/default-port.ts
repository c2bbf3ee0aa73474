/** Of the pages and the HTTP interface. */
export const DEFAULT_PORT = 8088;
