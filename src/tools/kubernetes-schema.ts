/** An OpenAPI schema as Kubernetes writes it; on the way to JSON Schema. */
export interface OpenApi {
  [key: string]: unknown;
  $ref?: string;
  type?: string;
  properties?: Record<string, OpenApi>;
  items?: OpenApi;
  additionalProperties?: OpenApi | boolean;
}

/** Written as a string or a number; OpenAPI calls both plain strings. */
const EITHER: Record<string, OpenApi> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    anyOf: [
      { type: 'string', pattern: '^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\\d+)?$' },
      { type: 'number' },
    ],
  },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { anyOf: [{ type: 'string' }, { type: 'integer' }] },
};

/** The schema of a kind of Kubernetes itself, with its references put in place: kubeconform follows none offline. */
export function builtInSchema(definitions: Record<string, OpenApi>, name: string): OpenApi {
  const definition = definitions[name];
  if (!definition) throw new Error(`Kubernetes describes no ${name}`);
  return strict(definition, (reference) => {
    const target = reference.replace('#/definitions/', '');
    return EITHER[target] ?? builtInSchema(definitions, target);
  });
}

/** The schema of a custom resource. Its definition leaves `metadata` open, as the API server checks that itself. */
export function customSchema(schema: OpenApi, metadata: OpenApi): OpenApi {
  const whole = strict(schema, (reference) => {
    throw new Error(`a custom resource refers to ${reference}`);
  });
  return { ...whole, properties: { ...whole.properties, metadata } };
}

/** A field nobody declared is a mistake: an API server would drop it in silence. */
function strict(schema: OpenApi, resolve: (reference: string) => OpenApi): OpenApi {
  if (schema.$ref) return resolve(schema.$ref);
  const { description: _, ...rest } = schema;
  const closed: OpenApi = { ...rest };
  if (schema.properties) {
    closed.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, strict(property, resolve)]),
    );
    if (!schema['x-kubernetes-preserve-unknown-fields']) closed.additionalProperties ??= false;
  }
  if (schema.items) closed.items = strict(schema.items, resolve);
  if (typeof schema.additionalProperties === 'object') {
    closed.additionalProperties = strict(schema.additionalProperties, resolve);
  }
  return closed;
}
