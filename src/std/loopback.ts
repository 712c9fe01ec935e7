/** Whether an address is reached from this machine alone. A name other than `localhost` is not trusted to be. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
