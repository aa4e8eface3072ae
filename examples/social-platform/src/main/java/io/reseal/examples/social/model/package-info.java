/** The social platform's entities: ordinary JPA, with {@link io.reseal.Encrypted} on what must not be read in the database. */
@NullMarked
package io.reseal.examples.social.model;

import org.jspecify.annotations.NullMarked;
