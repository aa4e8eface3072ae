package io.reseal;

import io.reseal.internal.hibernate.EncryptedBinder;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.hibernate.annotations.AttributeBinderType;

/**
 * The attribute's value is sealed before it reaches the database and opened when it is read; null stays null.
 *
 * <p>Goes on a basic attribute or on an element collection of basics, on the field or the getter, in an entity, a mapped
 * superclass or an embeddable. {@code @Column(length)} remains the length of the plaintext, in characters; the column
 * itself is made wide enough for the sealed form.
 */
@Documented
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@AttributeBinderType(binder = EncryptedBinder.class)
public @interface Encrypted {

    /** The name of the key type whose active version seals the value. */
    String keyType() default "database_encryption";

    /** How the sealed value is stored. */
    StorageForm form() default StorageForm.BINARY;

    /**
     * What the value is bound to, so that it can't be moved elsewhere unnoticed; the default is {@code table.column}. Give
     * the old default here when a table or column is renamed.
     */
    String context() default "";
}
