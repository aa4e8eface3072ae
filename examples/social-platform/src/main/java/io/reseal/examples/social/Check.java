package io.reseal.examples.social;

/**
 * What one check found.
 *
 * @param name what must hold
 * @param passed whether it holds
 * @param finding what was counted, with units and without any plaintext
 */
record Check(String name, boolean passed, String finding) {}
