import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import type { RegistryAnswer } from '../../../src/admin/contract-operations.ts';
import { callApi } from './call-api.ts';

const REGISTRY = '/admin/v1/registry';

/** The models that the gateway knows, and what each costs now. */
export function useRegistry(): UseQueryResult<RegistryAnswer> {
  return useQuery({
    queryKey: [REGISTRY],
    queryFn: ({ signal }) => callApi<RegistryAnswer>(REGISTRY, { signal }),
  });
}
