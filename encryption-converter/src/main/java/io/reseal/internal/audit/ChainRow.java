package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import java.time.Instant;

/** A chain as the table {@code reseal_audit_chain} holds it; every column is bound into the wrap of its first key. */
public record ChainRow(String chain, String node, Instant startedAt, String kekId, Bytes wrapped) {}
