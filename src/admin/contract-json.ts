/** Any value of JSON, as it was configured or stored. */
export type AnyJson =
  | string
  | number
  | boolean
  | null
  | readonly AnyJson[]
  | { readonly [name: string]: AnyJson };

/** Members of JSON by name. */
export type AnyJsonObject = Readonly<Record<string, AnyJson>>;
