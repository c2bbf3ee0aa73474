/** What really happened: the innermost cause. The outer ones only say which workflow failed. */
export function rootMessage(error: Error): string {
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  return root.message;
}
