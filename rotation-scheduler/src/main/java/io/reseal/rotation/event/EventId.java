package io.reseal.rotation.event;

/** The number of a rotation event; as text it is {@code kr_event_} and the number. */
public record EventId(long value) {

    private static final String PREFIX = "kr_event_";

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static EventId parse(String text) {
        if (text.matches(PREFIX + "[1-9][0-9]{0,17}")) {
            return new EventId(Long.parseLong(text.substring(PREFIX.length())));
        }
        throw new IllegalArgumentException("That is no rotation event: use " + PREFIX + " and its number");
    }

    @Override
    public String toString() {
        return PREFIX + value;
    }
}
