/** Where the bodies of logs lie outside of the database; those of before stay where they are. */
export const gatewayLogPlacesSchema: string = `
   CREATE TABLE gateway_log_places (
     sequence INTEGER PRIMARY KEY,
     segment  TEXT NOT NULL,
     start    INTEGER NOT NULL,
     bytes    INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX gateway_log_places_by_segment ON gateway_log_places (segment);
   CREATE TRIGGER gateway_log_place_removed AFTER DELETE ON gateway_logs BEGIN
     DELETE FROM gateway_log_places WHERE sequence = OLD.sequence;
   END;`;
