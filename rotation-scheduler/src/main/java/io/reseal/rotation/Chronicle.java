package io.reseal.rotation;

import io.reseal.keys.KeyId;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What Reseal itself writes into one incident, on behalf of a person, while it is open. Nothing is written once it was opened again: what
 * was seen before that is over.
 */
final class Chronicle {

    /** What is tried again and again must not take the room that people need. */
    private static final int MAX_TIMELINE = 400;

    private final IncidentStore store;
    private final KeyId key;
    private final long reopenings;
    private final Custody.Wish wish;

    /** @param incident as it is when what is to be written begins to be looked at */
    Chronicle(IncidentStore store, Incident incident, Custody.Wish wish) {
        this.store = store;
        this.key = incident.key();
        this.reopenings = incident.reopenings();
        this.wish = wish;
    }

    KeyId key() {
        return key;
    }

    Custody.Wish wish() {
        return wish;
    }

    Instant now() {
        return store.now();
    }

    Incident incident() {
        return store.get(key);
    }

    /** A step is done; if it was before, nothing changes. */
    Incident done(IncidentStep step, String evidence) {
        return done(step, evidence, response -> response);
    }

    /** A step is done, and the response is another; if the step was done before, nothing changes. */
    Incident done(IncidentStep step, String evidence, UnaryOperator<Incident.Response> change) {
        Instant at = store.now();
        IncidentEntry entry =
                new IncidentEntry(at, wish.actor(), IncidentEntry.Kind.STEP_DONE, Optional.of(step), evidence);
        return store.change(
                key,
                before -> !takes(before) || before.done(step).isPresent()
                        ? before
                        : before.with(change.apply(before.response())).with(entry),
                IncidentStore.audited(wish, "incident-step", key, step + ": " + evidence));
    }

    /** Something worth knowing that completes no step; the last such line is not written twice in a row, and none into a long timeline. */
    Incident note(String text) {
        IncidentEntry entry =
                new IncidentEntry(store.now(), wish.actor(), IncidentEntry.Kind.NOTE, Optional.empty(), text);
        return store.change(
                key,
                before -> !takes(before)
                                || before.timeline().size() >= MAX_TIMELINE
                                || lastNote(before).equals(Optional.of(text))
                        ? before
                        : before.with(entry),
                IncidentStore.audited(wish, "incident-note", key, text));
    }

    /** What Reseal did has changed. */
    Incident respond(UnaryOperator<Incident.Response> change) {
        return store.change(
                key,
                before -> takes(before) ? before.with(change.apply(before.response())) : before,
                IncidentStore.audited(wish, "incident-response", key, "re-encryption"));
    }

    private boolean takes(Incident before) {
        return before.isOpen() && before.reopenings() == reopenings;
    }

    private static Optional<String> lastNote(Incident incident) {
        return incident.timeline().stream()
                .filter(entry -> entry.kind() == IncidentEntry.Kind.NOTE)
                .reduce((earlier, later) -> later)
                .map(IncidentEntry::text);
    }
}
