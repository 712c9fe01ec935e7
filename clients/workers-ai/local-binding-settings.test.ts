import { describe, expect, test } from 'vitest';
import { readLocalBindingSettings } from './local-binding-settings.ts';

const variables = { QUATRAIN_URL: 'http://gateway.test:8080', QUATRAIN_API_KEY: 'of a variable' };
const said = { baseURL: 'https://a.test', apiKey: 'k' };

describe('the options of a binding', () => {
  test.each([
    { name: 'options', options: said, env: {}, read: said },
    { name: 'options before variables', options: said, env: variables, read: said },
    {
      name: 'variables',
      options: {},
      env: variables,
      read: { baseURL: 'http://gateway.test:8080', apiKey: 'of a variable' },
    },
    {
      name: 'where npm start listens',
      options: { apiKey: 'k' },
      env: {},
      read: { baseURL: 'http://127.0.0.1:4114', apiKey: 'k' },
    },
    {
      name: 'a slash at the end',
      options: { baseURL: 'http://[::1]:4114/', apiKey: 'k' },
      env: {},
      read: { baseURL: 'http://[::1]:4114', apiKey: 'k' },
    },
  ])('$name', ({ options, env, read }) => {
    expect(readLocalBindingSettings('AI', options, env)).toEqual(read);
  });

  test.each([
    ['no key', {}, /set the option "apiKey" or the variable QUATRAIN_API_KEY/],
    ['an empty key', { apiKey: '' }, /set the option "apiKey"/],
    ['a key that is no text', { apiKey: 7 }, /"apiKey" is not a text/],
    ['an option that there is not', { apiKey: 'k', baseUrl: 'x' }, /there is no option "baseUrl"/],
    ['a path', { apiKey: 'k', baseURL: 'http://a.test/v1' }, /no path; it is http:\/\/a.test\/v1/],
    ['a query', { apiKey: 'k', baseURL: 'http://a.test/?a=b' }, /no path/],
    ['a user', { apiKey: 'k', baseURL: 'http://a:b@a.test/' }, /no path/],
    ['another protocol', { apiKey: 'k', baseURL: 'ftp://a.test' }, /has to be like http/],
    ['no address', { apiKey: 'k', baseURL: 'a.test' }, /has to be like http/],
  ] as const)('%s is said', (_name, options, message) => {
    const read = (): unknown => readLocalBindingSettings('MY_AI', options, {});
    expect(read).toThrow(message);
    expect(read).toThrow(/^quatrain: the binding MY_AI: /);
  });
});
