/** Why a request was not done, as RFC 9457 tells it: the status, a title, and what to do about it. */
export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    /** What is wrong, and what to do. Safe to send. */
    readonly detail: string,
    readonly options: {
      headers?: Record<string, string>;
      /** Places in the body, and what is wrong there. */
      issues?: readonly { path: string; message: string }[];
      cause?: unknown;
    } = {},
  ) {
    super(detail, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'HttpProblem';
  }

  toJSON(): Problem {
    const { issues } = this.options;
    return {
      type: 'about:blank',
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
      ...(issues ? { issues: [...issues] } : {}),
    };
  }
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  issues?: { path: string; message: string }[];
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
