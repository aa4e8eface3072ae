package io.reseal.examples.social.model;

import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;

/** What the rows of one user have in common. */
@MappedSuperclass
public abstract class UserOwned implements SealedRow {

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    private Long id;

    @Version
    private int version;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    private User user;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected UserOwned() {}

    @SuppressWarnings("NullAway.Init") // the id comes with persist
    protected UserOwned(User user) {
        this.user = user;
    }

    @Override
    public Long getId() {
        return id;
    }

    @Override
    public int getVersion() {
        return version;
    }

    public User getUser() {
        return user;
    }
}
