package io.reseal.examples.social.model;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user's account elsewhere, with the OAuth tokens that act for it. */
@Entity
@Table(name = "social_connections")
public class SocialConnection extends UserOwned {

    @Enumerated(EnumType.STRING)
    private Provider provider;

    @Encrypted(keyType = "token_encryption")
    @Column(length = 300)
    private String accessToken;

    @Encrypted(keyType = "token_encryption", form = StorageForm.TEXT)
    @Column(length = 100)
    private String refreshToken;

    @Encrypted(keyType = "token_encryption")
    private Instant expiresAt;

    @Encrypted(keyType = "token_encryption")
    @Column(length = 400)
    private List<String> scopes;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected SocialConnection() {}

    public SocialConnection(User user, Provider provider, List<String> scopes, Tokens tokens) {
        super(user);
        this.provider = provider;
        this.scopes = scopes;
        renew(tokens);
    }

    /** What a provider hands out. */
    public record Tokens(String access, String refresh, Instant expiresAt) {

        @Override
        public String toString() {
            return "Tokens[expiresAt=" + expiresAt + "]";
        }
    }

    public Provider getProvider() {
        return provider;
    }

    /** Takes over what the provider handed out last. */
    public final void renew(Tokens tokens) {
        accessToken = tokens.access();
        refreshToken = tokens.refresh();
        expiresAt = tokens.expiresAt();
    }

    @Override
    public List<@Nullable Object> secrets() {
        return List.of(accessToken, refreshToken, expiresAt, scopes);
    }
}
