package io.reseal.examples.social.model;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a user proves its identity with. */
@Entity
@Table(name = "user_credentials")
public class UserCredential extends UserOwned {

    @Encrypted(keyType = "token_encryption", form = StorageForm.TEXT)
    @Column(length = 80)
    private String apiKey;

    @Encrypted(keyType = "token_encryption")
    @Column(length = 20)
    private byte[] totpSecret;

    @Encrypted(keyType = "token_encryption")
    @Column(length = 200)
    private List<String> recoveryCodes;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected UserCredential() {}

    public UserCredential(User user, String apiKey, byte[] totpSecret, List<String> recoveryCodes) {
        super(user);
        this.apiKey = apiKey;
        this.totpSecret = totpSecret.clone();
        this.recoveryCodes = recoveryCodes;
    }

    public void replaceApiKey(String newKey) {
        apiKey = newKey;
    }

    /** A second factor comes with recovery codes of its own. */
    public void enrol(byte[] newTotpSecret, List<String> newRecoveryCodes) {
        totpSecret = newTotpSecret.clone();
        recoveryCodes = newRecoveryCodes;
    }

    @Override
    public List<@Nullable Object> secrets() {
        return List.of(apiKey, totpSecret.clone(), recoveryCodes);
    }
}
