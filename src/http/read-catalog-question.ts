/** What is asked of the Workers AI catalog; Workers reference §1.1 (route 9) and §2.1. */
export type CatalogQuestion =
  | { readonly kind: 'search'; readonly isBinding: boolean }
  | { readonly kind: 'schema' }
  | { readonly kind: 'list' }
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'model-schema'; readonly name: string }
  | { readonly kind: 'authors' }
  | { readonly kind: 'tasks' };

const BINDING_SEARCH = '/ai-api/models/search';
const accountPath = /^\/client\/v4\/accounts\/[^/]+\/ai\/(.+)$/;

const byPath: Readonly<Record<string, CatalogQuestion>> = {
  'models/search': { kind: 'search', isBinding: false },
  'models/schema': { kind: 'schema' },
  'catalog/models': { kind: 'list' },
  'authors/search': { kind: 'authors' },
  'tasks/search': { kind: 'tasks' },
};

const MODEL_FOLDER = 'catalog/models/';
const SCHEMA_END = '/schema';

const ofAccount = [...Object.keys(byPath), `${MODEL_FOLDER}{model…}`].flatMap((place) =>
  place.includes('{') ? [place, `${place}${SCHEMA_END}`] : [place],
);

/** Every path of the catalog, written as routes are. */
export const catalogPaths: readonly string[] = [
  BINDING_SEARCH,
  ...ofAccount.map((place) => `/client/v4/accounts/{account}/ai/${place}`),
];

const NAME_LETTERS_MAX = 256;

/** What a path asks; undefined where it is none of the catalog's. */
export function readCatalogQuestion(path: string): CatalogQuestion | undefined {
  if (path === BINDING_SEARCH) return { kind: 'search', isBinding: true };
  const place = accountPath.exec(path)?.[1];
  if (place === undefined) return undefined;
  if (Object.hasOwn(byPath, place)) return byPath[place];
  return place.startsWith(MODEL_FOLDER) ? aboutModel(place.slice(MODEL_FOLDER.length)) : undefined;
}

/** The slash in a model's name may be written as it is or as `%2F`. */
function aboutModel(written: string): CatalogQuestion | undefined {
  const isSchema = written.endsWith(SCHEMA_END);
  const name = decoded(isSchema ? written.slice(0, -SCHEMA_END.length) : written);
  if (name === undefined) return undefined;
  return { kind: isSchema ? 'model-schema' : 'model', name };
}

function decoded(written: string): string | undefined {
  if (written === '' || written.length > NAME_LETTERS_MAX) return undefined;
  try {
    return decodeURIComponent(written);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
