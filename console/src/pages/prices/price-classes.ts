/** The classes of what is paid for, in the order in which people read them. */
export const priceClasses = [
  { value: 'input', text: 'Input' },
  { value: 'output', text: 'Output' },
  { value: 'cache_read', text: 'Cache read' },
  { value: 'cache_write_5m', text: 'Cache write, 5 min' },
  { value: 'cache_write_1h', text: 'Cache write, 1 h' },
  { value: 'web_search', text: 'Web search' },
] as const;
