package io.reseal.examples.social.model;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A user as everybody may see it: nothing here is encrypted. */
@Entity
@Table(name = "users")
public class User {

    @Id
    private Long id;

    private String handle;
    private String languageTag;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected User() {}

    public User(Long id, String handle, String languageTag) {
        this.id = id;
        this.handle = handle;
        this.languageTag = languageTag;
    }

    public Long getId() {
        return id;
    }

    public String getHandle() {
        return handle;
    }

    public String getLanguageTag() {
        return languageTag;
    }
}
