import { z } from 'zod';
import { parseCidr } from '../std/cidr.ts';
import type { Config } from './config.ts';

const port = z.int().min(0).max(65_535);
const host = z.string().min(1);
const proxyRange = z.string().refine((text) => parseCidr(text) !== undefined, {
  error: 'write an address or a range of addresses, like 10.0.0.0/8 or 2001:db8::/32',
});

export const listenSchema: z.ZodType<Config['listen']> = z
  .strictObject({
    host: host.default('127.0.0.1').describe('Address to listen on.'),
    port: port.default(4114).describe('Port to listen on; 0 takes a free one.'),
    public_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'Where callers reach the public listener, for answers that say it; the address that it listens on where absent.',
      ),
    trusted_proxies: z
      .array(proxyRange)
      .max(100)
      .default([])
      .describe(
        'Addresses, or ranges like 10.0.0.0/8, of proxies whose x-forwarded-for says where a caller is. Absent: the address is that of the connection.',
      ),
  })
  .prefault({});

export const adminSchema: z.ZodType<Config['admin']> = z
  .strictObject({
    host: host.default('127.0.0.1').describe('Address of the admin listener.'),
    port: port
      .optional()
      .describe('Port of the admin listener; the one after `listen.port` where absent.'),
  })
  .prefault({});
