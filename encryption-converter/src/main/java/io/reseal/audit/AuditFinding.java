package io.reseal.audit;

/**
 * One place at which the audit log is not what was written.
 *
 * @param chain the chain; for a checkpoint, the name of its sink; for the key store, its table
 * @param seq the entry's place in the chain, 0 for the chain itself; for a checkpoint, its number; for the key store, a generation
 * @param detail what was found there, in words
 */
public record AuditFinding(String chain, long seq, Tampering what, String detail) {}
