import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';
import type { JsonObject } from '../format/json-value.ts';

/** The JSON Schema at a path of the catalog; undefined until it is there. */
export function useSchema(path: string | undefined): JsonObject | undefined {
  const { data } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => callApi<JsonObject>(path ?? '', { signal }),
    enabled: path !== undefined,
    staleTime: Infinity,
  });
  return data;
}
