-- What grains store: channels, buffers, subscriptions. The version is the ETag: a write with another one than the stored is refused.
CREATE TABLE relay_grain_state (
    service_id  varchar(150) NOT NULL,
    grain_type  varchar(512) NOT NULL,
    key_n0      bigint       NOT NULL,
    key_n1      bigint       NOT NULL,
    key_text    varchar(512) NOT NULL,
    payload     bytea,
    version     integer      NOT NULL,
    changed_at  timestamptz  NOT NULL DEFAULT now(),
    PRIMARY KEY (service_id, grain_type, key_n0, key_n1, key_text)
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('ReadFromStorageKey', '
    SELECT payload AS PayloadBinary, version AS Version
    FROM relay_grain_state
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
      AND key_text = coalesce(@GrainIdExtensionString, '''')
      AND @GrainIdHash IS NOT NULL AND @GrainTypeHash IS NOT NULL'),

('WriteToStorageKey', '
    WITH changed AS (
        UPDATE relay_grain_state SET payload = @PayloadBinary, version = version + 1, changed_at = now()
        WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
          AND key_text = coalesce(@GrainIdExtensionString, '''') AND version = @GrainStateVersion
          AND @GrainIdHash IS NOT NULL AND @GrainTypeHash IS NOT NULL
        RETURNING version),
    made AS (
        INSERT INTO relay_grain_state (service_id, grain_type, key_n0, key_n1, key_text, payload, version)
        SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), @PayloadBinary, 1
        WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING
        RETURNING version)
    SELECT coalesce((SELECT version FROM changed), (SELECT version FROM made), @GrainStateVersion) AS NewGrainStateVersion'),

('ClearStorageKey', '
    UPDATE relay_grain_state SET payload = NULL, version = version + 1, changed_at = now()
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
      AND key_text = coalesce(@GrainIdExtensionString, '''') AND version = @GrainStateVersion
      AND @GrainIdHash IS NOT NULL AND @GrainTypeHash IS NOT NULL
    RETURNING version AS NewGrainStateVersion'),

('DeleteStorageKey', '
    DELETE FROM relay_grain_state
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1
      AND key_text = coalesce(@GrainIdExtensionString, '''') AND version = @GrainStateVersion
      AND @GrainIdHash IS NOT NULL AND @GrainTypeHash IS NOT NULL
    RETURNING version + 1 AS NewGrainStateVersion');
