/** What a verb tells its caller; documented in the help. */
export const EXIT = {
  ok: 0,
  /** Finished, with failed tables or a breached gate. */
  incomplete: 1,
  /** Usage, or a configuration that cannot be used. */
  usage: 2,
  /** Temporal, the store or a tool cannot be reached or written. */
  unreachable: 3,
  /** `--wait` gave up waiting; the work goes on. */
  timeout: 4,
  /** A defect of Partnerday itself. */
  defect: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
