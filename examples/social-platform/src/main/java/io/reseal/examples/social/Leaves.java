package io.reseal.examples.social;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The single values that a list or a record is made of. */
final class Leaves {

    private Leaves() {}

    /** Visits them in order; a list tells its size first, so that no two values have the same leaves. */
    static void visit(@Nullable Object value, Consumer<@Nullable Object> visitor) {
        if (value instanceof List<?> list) {
            visitor.accept(list.size());
            list.forEach(element -> visit(element, visitor));
        } else if (value instanceof Record composite) {
            for (RecordComponent component : composite.getClass().getRecordComponents()) {
                visit(read(composite, component), visitor);
            }
        } else {
            visitor.accept(value);
        }
    }

    private static @Nullable Object read(Record composite, RecordComponent component) {
        try {
            return component.getAccessor().invoke(composite);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("A record of the model can't be read: " + component.getName(), e);
        }
    }
}
