package io.reseal.rotation.internal.alert;

/** Text for logs and screens. Names come from wherever somebody could write: none may begin a line of its own. */
public final class OneLine {

    private OneLine() {}

    /** With spaces for control characters. */
    public static String of(String text) {
        return text.codePoints()
                .map(character -> Character.isISOControl(character) ? ' ' : character)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
