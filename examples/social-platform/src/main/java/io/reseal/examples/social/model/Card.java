package io.reseal.examples.social.model;

import java.time.YearMonth;

/** A payment card; encrypted as one value. */
public record Card(String number, String holder, YearMonth expires) {

    @Override
    public String toString() {
        return "Card[…]";
    }
}
