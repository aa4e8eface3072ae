package io.reseal.rotation.internal.maintenance;

import io.reseal.rotation.internal.maintenance.WindowStore.Row;
import java.util.Map;

/** How people are told of windows. */
public interface WindowNotices {

    /** Tells operations, security and incident response, each revision once, however often it is called. */
    void tell(Row row, String text);

    /**
     * Sends a test on every channel that a route uses, each revision once, and waits a while for it.
     *
     * @return by channel, what stands against it; empty text if nothing does
     */
    Map<String, String> test(Row row);
}
