/** By kind of upstream, what conventions for telemetry call who runs its models; others have no such name. */
export const providerNames: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  bedrock: 'aws.bedrock',
  vertex: 'gcp.vertex_ai',
  azure: 'azure.ai.inference',
  'workers-ai': 'cloudflare.workers_ai',
};
