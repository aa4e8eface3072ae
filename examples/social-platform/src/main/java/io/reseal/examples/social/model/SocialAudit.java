package io.reseal.examples.social.model;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who did what from where. */
@Entity
@Table(name = "social_audit")
public class SocialAudit extends UserOwned {

    private Instant happenedAt;

    @Encrypted(form = StorageForm.TEXT)
    @Column(length = 45)
    private String address;

    @Encrypted
    @Column(length = 1000)
    private String detail;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected SocialAudit() {}

    public SocialAudit(User user, Instant happenedAt, String address, String detail) {
        super(user);
        this.happenedAt = happenedAt;
        this.address = address;
        this.detail = detail;
    }

    public Instant getHappenedAt() {
        return happenedAt;
    }

    /** Adds what was found out later. */
    public void annotate(String newDetail) {
        detail = newDetail;
    }

    @Override
    public List<@Nullable Object> secrets() {
        return List.of(address, detail);
    }
}
