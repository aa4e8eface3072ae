package io.reseal.rotation.reencryption;

/** The number of a re-encryption run, as the table {@code reseal_run} holds it. */
public record RunId(long value) {

    @Override
    public String toString() {
        return "run " + value;
    }
}
