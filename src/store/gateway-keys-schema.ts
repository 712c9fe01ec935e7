/** A gateway takes the keys that were stored for it along, by whichever statement it goes. */
export const gatewayKeysSchema: string = `
   CREATE TRIGGER gateway_keys_removed AFTER DELETE ON gateways BEGIN
     DELETE FROM provider_keys WHERE account = OLD.account AND gateway_id = OLD.id;
   END;`;
