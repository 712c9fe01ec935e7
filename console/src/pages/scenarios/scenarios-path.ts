/** Where scenarios are in the admin API. */
export const SCENARIOS = '/admin/v1/scenarios';
