package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.examples.social.Fingerprints.Fingerprint;
import io.reseal.examples.social.WriterRecord.RowKey;
import io.reseal.examples.social.model.SocialAudit;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WriterRecordTest {

    private final WriterRecord record = new WriterRecord();

    @Test
    void remembersWhatWasCommittedLast() {
        record.committed(key(1), new Fingerprint(1, 1));
        record.committed(key(1), new Fingerprint(2, 2));
        assertThat(record.expected(key(1))).contains(new Fingerprint(2, 2));
        assertThat(record.size()).isEqualTo(1);
    }

    @Test
    void forgetsWhatWasDeletedWhereverItStands() {
        Set<RowKey> left = new HashSet<>();
        for (long id = 0; id < 50; id++) {
            record.committed(key(id), new Fingerprint(id, id));
            left.add(key(id));
        }
        Random random = new Random(5);
        while (!left.isEmpty()) {
            RowKey gone = record.any(random);
            record.deleted(gone);
            assertThat(left.remove(gone)).as("%s was drawn once", gone).isTrue();
            assertThat(record.expected(gone)).isEmpty();
            assertThat(record.size()).isEqualTo(left.size());
        }
    }

    private static RowKey key(long id) {
        return new RowKey(SocialAudit.class, id);
    }
}
