package io.reseal.rotation.review;

import io.reseal.keys.KeyId;
import io.reseal.rotation.Person;
import io.reseal.rotation.destruction.Dependant;
import java.time.Instant;

/**
 * A person's word that a {@link Dependant} needs a key no more.
 *
 * @param at when it was given
 * @param since when the first such word was given for the two
 */
public record Attestation(KeyId key, Dependant dependant, Person person, Instant at, Instant since, String statement) {}
