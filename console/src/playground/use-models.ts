import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import type { ModelsJson } from '../../../src/pages/models-json.ts';
import { callApi } from '../api/call-api.ts';

const PATH = '/models/models.json';

/** The models of the catalog. */
export function useModels(): UseQueryResult<ModelsJson> {
  return useQuery({
    queryKey: [PATH],
    queryFn: ({ signal }) => callApi<ModelsJson>(PATH, { signal }),
    staleTime: Infinity,
  });
}
