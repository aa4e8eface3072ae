package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.testing.TestKek;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** What somebody who can write to the tables and to the checkpoint file may try; none of them has a key. */
enum Attack {
    EDIT_GENERATION {
        @Override
        void on(MemoryLog log, Random random) {
            edit(
                    log,
                    random,
                    e -> with(
                            e.head(),
                            e.recordedAt(),
                            texts(e),
                            e.generation().isPresent() ? Optional.empty() : Optional.of(random.nextLong(50))));
        }
    },
    EDIT_TIME {
        @Override
        void on(MemoryLog log, Random random) {
            Duration step = Duration.ofNanos(1000L * (random.nextInt(10) - 5));
            edit(log, random, e -> with(e.head(), e.recordedAt().plus(step), texts(e), e.generation()));
        }
    },
    EDIT_ACTOR {
        @Override
        void on(MemoryLog log, Random random) {
            editText(log, random, 0);
        }
    },
    EDIT_ACTION {
        @Override
        void on(MemoryLog log, Random random) {
            editText(log, random, 1);
        }
    },
    EDIT_SUBJECT {
        @Override
        void on(MemoryLog log, Random random) {
            editText(log, random, 2);
        }
    },
    EDIT_REASON {
        @Override
        void on(MemoryLog log, Random random) {
            editText(log, random, 3);
        }
    },
    EDIT_DETAIL {
        @Override
        void on(MemoryLog log, Random random) {
            editText(log, random, 4);
        }
    },
    MOVE_A_CHARACTER_TO_THE_NEXT_COLUMN {
        @Override
        void on(MemoryLog log, Random random) {
            edit(log, random, e -> {
                String[] texts = texts(e);
                int from = random.nextInt(4);
                int end = Math.max(0, texts[from].length() - 1);
                texts[from + 1] = texts[from].substring(end) + texts[from + 1];
                texts[from] = texts[from].substring(0, end);
                return with(e.head(), e.recordedAt(), texts, e.generation());
            });
        }
    },
    EDIT_MAC {
        @Override
        void on(MemoryLog log, Random random) {
            edit(
                    log,
                    random,
                    e -> moved(
                            e,
                            e.head().chain(),
                            e.head().seq(),
                            flipped(e.head().mac(), random)));
        }
    },
    CUT_MAC {
        @Override
        void on(MemoryLog log, Random random) {
            edit(
                    log,
                    random,
                    e -> moved(
                            e,
                            e.head().chain(),
                            e.head().seq(),
                            Bytes.copyFrom(Arrays.copyOf(e.head().mac().toByteArray(), random.nextInt(32)))));
        }
    },
    EDIT_SEQ {
        @Override
        void on(MemoryLog log, Random random) {
            long seq = random.nextInt(100) == 0 ? Long.MAX_VALUE : random.nextInt(60) - 5L;
            edit(log, random, e -> moved(e, e.head().chain(), seq, e.head().mac()));
        }
    },
    MOVE_TO_ANOTHER_CHAIN {
        @Override
        void on(MemoryLog log, Random random) {
            String chain = random.nextInt(5) == 0
                    ? "nobody's"
                    : any(log.chains, random).chain();
            edit(log, random, e -> moved(e, chain, e.head().seq(), e.head().mac()));
        }
    },
    MOVE_TO_THE_END_OF_ANOTHER_CHAIN {
        @Override
        void on(MemoryLog log, Random random) {
            String chain = any(log.chains, random).chain();
            edit(log, random, e -> moved(e, chain, end(log, chain) + 1, e.head().mac()));
        }
    },
    DELETE {
        @Override
        void on(MemoryLog log, Random random) {
            AuditRecord victim = any(log.entries, random);
            if (victim.head().seq() < end(log, victim.head().chain())) {
                log.entries.remove(victim);
            }
        }
    },
    DELETE_MANY {
        @Override
        void on(MemoryLog log, Random random) {
            String chain = any(log.chains, random).chain();
            long end = end(log, chain);
            long from = random.nextLong(1, end + 1);
            long to = random.nextLong(from, end + 1);
            log.entries.removeIf(e -> to < end
                    && e.head().chain().equals(chain)
                    && e.head().seq() >= from
                    && e.head().seq() <= to);
        }
    },
    DELETE_AND_CLOSE_THE_GAP {
        @Override
        void on(MemoryLog log, Random random) {
            AuditRecord victim = any(log.entries, random);
            AuditHead gone = victim.head();
            if (gone.seq() < end(log, gone.chain())) {
                log.entries.remove(victim);
                log.entries.replaceAll(e -> e.head().chain().equals(gone.chain())
                                && e.head().seq() > gone.seq()
                        ? moved(e, gone.chain(), e.head().seq() - 1, e.head().mac())
                        : e);
            }
        }
    },
    SWAP_PLACES {
        @Override
        void on(MemoryLog log, Random random) {
            int one = random.nextInt(log.entries.size());
            int other = random.nextInt(log.entries.size());
            AuditRecord first = log.entries.get(one);
            AuditRecord second = log.entries.get(other);
            boolean withMac = random.nextBoolean();
            log.entries.set(one, placed(second, first.head(), withMac));
            log.entries.set(other, placed(first, second.head(), withMac));
        }
    },
    DUPLICATE {
        @Override
        void on(MemoryLog log, Random random) {
            log.entries.add(any(log.entries, random));
        }
    },
    REPLAY_AT_THE_END {
        @Override
        void on(MemoryLog log, Random random) {
            AuditRecord victim = any(log.entries, random);
            String chain = victim.head().chain();
            log.entries.add(
                    moved(victim, chain, end(log, chain) + 1, victim.head().mac()));
        }
    },
    FORGE_AT_THE_END {
        @Override
        void on(MemoryLog log, Random random) {
            AuditRecord last = last(log, any(log.chains, random).chain());
            AuditRecord forged = moved(last, last.head().chain(), last.head().seq() + 1, EntryMac.NONE);
            log.entries.add(EntryMac.sealed(forged, last.head().mac(), guessed(log, last, random)));
        }
    },
    EDIT_AND_RECOMPUTE_ONE_MAC {
        @Override
        void on(MemoryLog log, Random random) {
            int at = random.nextInt(log.entries.size());
            AuditRecord entry = log.entries.get(at);
            log.entries.set(
                    at, EntryMac.sealed(edited(entry, random, 3), before(log, entry), guessed(log, entry, random)));
        }
    },
    EDIT_AND_RECOMPUTE_THE_REST {
        @Override
        void on(MemoryLog log, Random random) {
            AuditRecord victim = any(log.entries, random);
            recompute(log, victim, edited(victim, random, 0), guessed(log, victim, random));
        }
    },
    DELETE_AND_RECOMPUTE_THE_REST {
        @Override
        void on(MemoryLog log, Random random) {
            AuditRecord victim = any(log.entries, random);
            if (victim.head().seq() < end(log, victim.head().chain())) {
                DELETE_AND_CLOSE_THE_GAP.on(log, random);
                at(log, victim.head().chain(), 1)
                        .ifPresent(first -> recompute(log, first, first, guessed(log, first, random)));
            }
        }
    },
    REWRITE_A_CHAIN_UNDER_ANOTHER_KEK {
        @Override
        void on(MemoryLog log, Random random) {
            int at = random.nextInt(log.chains.size());
            ChainRow row = log.chains.get(at);
            AuditKeys own = new AuditKeys("application", "test", new TestKek("attacker"));
            ChainKey key = own.newKey();
            ChainRow forged = own.wrapped(row.chain(), row.node(), row.startedAt(), key);
            log.chains.set(at, new ChainRow(row.chain(), row.node(), row.startedAt(), row.kekId(), forged.wrapped()));
            AuditRecord first = at(log, row.chain(), 1).orElseThrow();
            recompute(log, first, edited(first, random, 3), key);
        }
    },
    INVENT_A_CHAIN {
        @Override
        void on(MemoryLog log, Random random) {
            ChainRow row = any(log.chains, random);
            log.chains.add(new ChainRow("invented", row.node(), row.startedAt(), row.kekId(), row.wrapped()));
            if (random.nextBoolean()) {
                List.copyOf(log.entries).stream()
                        .filter(e -> e.head().chain().equals(row.chain()))
                        .forEach(e -> log.entries.add(
                                moved(e, "invented", e.head().seq(), e.head().mac())));
            }
        }
    },
    TRUNCATE_BEFORE_THE_CHECKPOINT {
        @Override
        void on(MemoryLog log, Random random) {
            AuditHead head = any(List.copyOf(log.checked.values()), random);
            long from = random.nextLong(1, head.seq() + 1);
            log.remembered.clear();
            log.entries.removeIf(
                    e -> e.head().chain().equals(head.chain()) && e.head().seq() >= from);
        }
    },
    TRUNCATE_BEFORE_WHAT_IS_REMEMBERED {
        @Override
        void on(MemoryLog log, Random random) {
            AuditHead head = any(log.remembered, random);
            long from = random.nextLong(1, head.seq() + 1);
            log.entries.removeIf(
                    e -> e.head().chain().equals(head.chain()) && e.head().seq() >= from);
            log.remembered.removeIf(other -> !other.equals(head));
        }
    },
    DELETE_A_WHOLE_CHAIN {
        @Override
        void on(MemoryLog log, Random random) {
            String chain = any(List.copyOf(log.checked.values()), random).chain();
            log.remembered.clear();
            log.chains.removeIf(row -> row.chain().equals(chain));
            log.entries.removeIf(e -> e.head().chain().equals(chain));
        }
    },
    EDIT_A_CHAIN_ROW {
        @Override
        void on(MemoryLog log, Random random) {
            int at = random.nextInt(log.chains.size());
            ChainRow row = log.chains.get(at);
            log.chains.set(
                    at,
                    switch (random.nextInt(5)) {
                        case 0 ->
                            new ChainRow(row.chain(), row.node() + "x", row.startedAt(), row.kekId(), row.wrapped());
                        case 1 ->
                            new ChainRow(
                                    row.chain(),
                                    row.node(),
                                    row.startedAt().plusNanos(1000),
                                    row.kekId(),
                                    row.wrapped());
                        case 2 -> new ChainRow(row.chain(), row.node(), row.startedAt(), "other", row.wrapped());
                        case 3 ->
                            new ChainRow(
                                    row.chain(),
                                    row.node(),
                                    row.startedAt(),
                                    row.kekId(),
                                    flipped(row.wrapped(), random));
                        default -> new ChainRow("other", row.node(), row.startedAt(), row.kekId(), row.wrapped());
                    });
        }
    },
    SWAP_CHAIN_KEYS {
        @Override
        void on(MemoryLog log, Random random) {
            int one = random.nextInt(log.chains.size());
            int other = random.nextInt(log.chains.size());
            ChainRow first = log.chains.get(one);
            ChainRow second = log.chains.get(other);
            log.chains.set(
                    one, new ChainRow(first.chain(), first.node(), first.startedAt(), first.kekId(), second.wrapped()));
            log.chains.set(
                    other,
                    new ChainRow(second.chain(), second.node(), second.startedAt(), second.kekId(), first.wrapped()));
        }
    },
    DELETE_A_CHAIN_ROW {
        @Override
        void on(MemoryLog log, Random random) {
            log.chains.remove(random.nextInt(log.chains.size()));
        }
    },
    DUPLICATE_A_CHAIN_ROW {
        @Override
        void on(MemoryLog log, Random random) {
            log.chains.add(any(log.chains, random));
        }
    },
    EDIT_A_CHECKPOINT {
        @Override
        void on(MemoryLog log, Random random) {
            int at = random.nextInt(log.lines.size());
            log.lines.set(at, changed(log.lines.get(at), random));
        }
    },
    TRUNCATE_THE_CHECKPOINTS {
        @Override
        void on(MemoryLog log, Random random) {
            log.lines
                    .subList(random.nextInt(log.lines.size()), log.lines.size())
                    .clear();
        }
    },
    DELETE_A_CHECKPOINT {
        @Override
        void on(MemoryLog log, Random random) {
            log.lines.remove(random.nextInt(log.lines.size()));
        }
    },
    REORDER_THE_CHECKPOINTS {
        @Override
        void on(MemoryLog log, Random random) {
            Collections.swap(log.lines, random.nextInt(log.lines.size()), random.nextInt(log.lines.size()));
        }
    },
    REPLAY_A_CHECKPOINT {
        @Override
        void on(MemoryLog log, Random random) {
            log.lines.add(random.nextInt(log.lines.size() + 1), any(log.lines, random));
        }
    },
    SIGN_CHECKPOINTS_ONESELF {
        @Override
        void on(MemoryLog log, Random random) {
            CheckpointSigner own = CheckpointSigner.open(CheckpointSigner.wrappedNewKey(MemoryLog.KEYS), MemoryLog.KEYS)
                    .orElseThrow();
            String previous = "";
            for (int i = 0; i < log.lines.size(); i++) {
                Checkpoint old = Checkpoint.read(log.lines.get(i)).orElseThrow().checkpoint();
                Checkpoint forged = new Checkpoint(old.sink(), old.number(), old.time(), previous, List.of());
                log.lines.set(i, Checkpoint.line(own.sign(forged)));
                previous = Checkpoint.hash(log.lines.get(i));
            }
        }
    },
    /** Not even a checkpoint knows what was cut off. */
    CUT_OFF_A_TRANSITION {
        @Override
        void on(MemoryLog log, Random random) {
            AuditHead transition = any(transitions(log), random).head();
            withoutCheckpoints(log);
            log.entries.removeIf(
                    e -> e.head().chain().equals(transition.chain()) && e.head().seq() >= transition.seq());
            forget(log, transition.chain());
        }
    },
    CUT_OUT_A_CHAIN_WITH_A_TRANSITION {
        @Override
        void on(MemoryLog log, Random random) {
            String chain = any(transitions(log), random).head().chain();
            withoutCheckpoints(log);
            log.chains.removeIf(row -> row.chain().equals(chain));
            log.entries.removeIf(e -> e.head().chain().equals(chain));
            forget(log, chain);
        }
    },
    PUT_AN_OLDER_KEY_STORE_IN_ITS_PLACE {
        @Override
        void on(MemoryLog log, Random random) {
            log.generation = random.nextLong(log.generation);
        }
    },
    TRUNCATE_THE_LOG_AND_EMPTY_THE_SINK {
        @Override
        void on(MemoryLog log, Random random) {
            TRUNCATE_BEFORE_THE_CHECKPOINT.on(log, random);
            boolean told = log.entries.stream().anyMatch(e -> e.action().equals(LogVerifier.CHECKPOINT));
            if (told) {
                log.lines.clear();
            }
        }
    };

    /** Changes {@code log}; may leave it as it is. */
    abstract void on(MemoryLog log, Random random);

    private static List<AuditRecord> transitions(MemoryLog log) {
        return log.entries.stream().filter(e -> e.generation().isPresent()).toList();
    }

    /** As if none had been written since. */
    private static void withoutCheckpoints(MemoryLog log) {
        log.lines.clear();
        log.remembered.clear();
        log.withSink = false;
    }

    /** Nothing names the end of a chain: the next one of its node is gone too. */
    private static void forget(MemoryLog log, String chain) {
        log.entries.stream()
                .filter(e -> e.head().seq() == 1 && e.detail().startsWith(chain))
                .map(e -> e.head().chain())
                .findFirst()
                .ifPresent(next -> {
                    log.chains.removeIf(row -> row.chain().equals(next));
                    log.entries.removeIf(e -> e.head().chain().equals(next));
                    forget(log, next);
                });
    }

    private static <T> T any(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private static void edit(MemoryLog log, Random random, UnaryOperator<AuditRecord> change) {
        int at = random.nextInt(log.entries.size());
        log.entries.set(at, change.apply(log.entries.get(at)));
    }

    private static void editText(MemoryLog log, Random random, int column) {
        edit(log, random, e -> edited(e, random, column));
    }

    private static AuditRecord edited(AuditRecord e, Random random, int column) {
        String[] texts = texts(e);
        texts[column] = changed(texts[column], random);
        return with(e.head(), e.recordedAt(), texts, e.generation());
    }

    private static String changed(String text, Random random) {
        int at = random.nextInt(text.length() + 1);
        String start = text.substring(0, at);
        return switch (random.nextInt(4)) {
            case 0 -> start + (char) ('a' + random.nextInt(26)) + text.substring(at);
            case 1 -> start + " " + text.substring(at);
            case 2 -> start + text.substring(Math.min(text.length(), at + 1));
            default -> start;
        };
    }

    private static Bytes flipped(Bytes bytes, Random random) {
        byte[] changed = bytes.toByteArray();
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        return Bytes.copyFrom(changed);
    }

    private static String[] texts(AuditRecord e) {
        return new String[] {e.actor(), e.action(), e.subject(), e.reason(), e.detail()};
    }

    private static AuditRecord with(AuditHead head, Instant at, String[] texts, Optional<Long> generation) {
        return new AuditRecord(head, generation, at, texts[0], texts[1], texts[2], texts[3], texts[4]);
    }

    private static AuditRecord moved(AuditRecord e, String chain, long seq, Bytes mac) {
        return with(new AuditHead(chain, seq, mac), e.recordedAt(), texts(e), e.generation());
    }

    private static AuditRecord placed(AuditRecord e, AuditHead place, boolean withMac) {
        return moved(e, place.chain(), place.seq(), withMac ? e.head().mac() : place.mac());
    }

    private static Optional<AuditRecord> at(MemoryLog log, String chain, long seq) {
        return log.entries.stream()
                .filter(e -> e.head().chain().equals(chain) && e.head().seq() == seq)
                .findFirst();
    }

    private static long end(MemoryLog log, String chain) {
        return log.entries.stream()
                .filter(e -> e.head().chain().equals(chain))
                .mapToLong(e -> e.head().seq())
                .max()
                .orElse(0);
    }

    private static AuditRecord last(MemoryLog log, String chain) {
        return at(log, chain, end(log, chain)).orElseThrow();
    }

    private static Bytes before(MemoryLog log, AuditRecord entry) {
        return entry.head().seq() == 1
                ? EntryMac.NONE
                : at(log, entry.head().chain(), entry.head().seq() - 1)
                        .orElseThrow()
                        .head()
                        .mac();
    }

    /** Keys that can be made of what the tables hold, and some that cannot. */
    private static ChainKey guessed(MemoryLog log, AuditRecord entry, Random random) {
        ChainRow row = log.chains.stream()
                .filter(chain -> chain.chain().equals(entry.head().chain()))
                .findFirst()
                .orElseThrow();
        return switch (random.nextInt(6)) {
            case 0 -> new ChainKey(new byte[32]);
            case 1 -> new ChainKey(row.wrapped().toByteArray());
            case 2 -> new ChainKey(Arrays.copyOf(row.wrapped().toByteArray(), 32));
            case 3 -> new ChainKey(entry.head().mac().toByteArray());
            case 4 -> new ChainKey(row.chain().getBytes(StandardCharsets.UTF_8));
            default -> MemoryLog.KEYS.newKey();
        };
    }

    private static void recompute(MemoryLog log, AuditRecord from, AuditRecord instead, ChainKey key) {
        Bytes before = before(log, from);
        ChainKey present = key;
        log.entries.remove(from);
        log.entries.add(instead);
        Optional<AuditRecord> next = at(log, from.head().chain(), from.head().seq());
        while (next.isPresent()) {
            AuditRecord old = next.get();
            AuditRecord forged = EntryMac.sealed(old, before, present);
            log.entries.set(log.entries.indexOf(old), forged);
            before = forged.head().mac();
            present = present.next();
            next = at(log, old.head().chain(), old.head().seq() + 1);
        }
    }
}
