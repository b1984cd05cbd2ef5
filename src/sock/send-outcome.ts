/** What became of a sample. A sample that could not be sent is dropped, never queued. */
export type SendOutcome =
  | { readonly kind: 'sent' }
  /** `code` is an errno name: ENOENT, ECONNREFUSED, EAGAIN, EACCES, …; ERANGE for a sample that chronyd cannot use. */
  | { readonly kind: 'dropped'; readonly code: string };
