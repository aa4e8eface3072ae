package io.reseal.examples.social.model;

/** A postal address; encrypted as one value. */
public record Address(String street, String postcode, String city, String country) {

    @Override
    public String toString() {
        return "Address[…]";
    }
}
