package io.reseal.examples.social;

import static io.reseal.StorageForm.BINARY;
import static io.reseal.StorageForm.TEXT;
import static io.reseal.keys.KeyType.DATABASE_ENCRYPTION;
import static io.reseal.keys.KeyType.TOKEN_ENCRYPTION;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import java.util.HexFormat;
import java.util.List;

/**
 * A column that must hold nothing but sealed values. The list is written by hand, so that the demo's checks do not depend
 * on the catalog that they check.
 */
record StoredColumn(String table, String name, KeyType keyType, StorageForm form) {

    static final List<StoredColumn> ALL = List.of(
            new StoredColumn("social_connections", "access_token", TOKEN_ENCRYPTION, BINARY),
            new StoredColumn("social_connections", "refresh_token", TOKEN_ENCRYPTION, TEXT),
            new StoredColumn("social_connections", "expires_at", TOKEN_ENCRYPTION, BINARY),
            new StoredColumn("social_connections", "scopes", TOKEN_ENCRYPTION, BINARY),
            new StoredColumn("user_credentials", "api_key", TOKEN_ENCRYPTION, TEXT),
            new StoredColumn("user_credentials", "totp_secret", TOKEN_ENCRYPTION, BINARY),
            new StoredColumn("user_credentials", "recovery_codes", TOKEN_ENCRYPTION, BINARY),
            new StoredColumn("refresh_token_blacklist", "token", TOKEN_ENCRYPTION, TEXT),
            new StoredColumn("refresh_token_blacklist", "family", TOKEN_ENCRYPTION, BINARY),
            new StoredColumn("user_settings", "phone", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("user_settings", "birth_date", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("user_settings", "address", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("user_settings", "biography", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("user_settings", "visibility", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("user_settings_devices", "device", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("payment_methods", "card", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("payment_methods", "iban", DATABASE_ENCRYPTION, TEXT),
            new StoredColumn("payment_methods", "monthly_limit", DATABASE_ENCRYPTION, BINARY),
            new StoredColumn("social_audit", "address", DATABASE_ENCRYPTION, TEXT),
            new StoredColumn("social_audit", "detail", DATABASE_ENCRYPTION, BINARY));

    /** What stands in front of every value that is sealed under a version: characters, or bytes in hexadecimal digits. */
    String prefix(int version) {
        KeyId key = new KeyId(keyType, version);
        return form == TEXT ? key.textPrefix() : HexFormat.of().formatHex(key.header());
    }

    /** Whether the column of that name, {@code table.column}, is sealed under the key type. */
    static boolean isUnder(KeyType keyType, String name) {
        return ALL.stream().anyMatch(column -> column.keyType().equals(keyType) && name.equals(column.toString()));
    }

    /** In how many tables the columns are. */
    static long tables() {
        return ALL.stream().map(StoredColumn::table).distinct().count();
    }

    @Override
    public String toString() {
        return table + "." + name;
    }
}
