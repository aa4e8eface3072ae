package io.reseal.rotation.attack;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What writers know of the table from their own memory.
 *
 * @param rows the rows that exist, with what was committed last
 * @param commits how often each row was committed
 */
record Oracle(Map<Long, Content> rows, Map<Long, Integer> commits) {

    private static final JsonMapper JSON = JsonMapper.shared();

    void save(Path file) {
        JSON.writeValue(file, this);
    }

    static Oracle load(Path file) {
        return JSON.readValue(file, Oracle.class);
    }

    /** What several processes know together: of a row that both wrote, the higher version is the later one. */
    static Oracle merged(List<Oracle> oracles) {
        Oracle all = new Oracle(new HashMap<>(), new HashMap<>());
        for (Oracle oracle : oracles) {
            oracle.rows.forEach((id, content) -> all.rows.merge(id, content, Oracle::later));
            oracle.commits.forEach((id, number) -> all.commits.merge(id, number, Integer::sum));
        }
        return all;
    }

    private static Content later(Content one, Content other) {
        return one.version() > other.version() ? one : other;
    }
}
