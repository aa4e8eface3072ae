package io.reseal.examples.social;

import io.reseal.examples.social.People.Person;
import io.reseal.examples.social.model.BlacklistedToken;
import io.reseal.examples.social.model.PaymentMethod;
import io.reseal.examples.social.model.SealedRow;
import io.reseal.examples.social.model.SocialAudit;
import io.reseal.examples.social.model.SocialConnection;
import io.reseal.examples.social.model.UserCredential;
import io.reseal.examples.social.model.UserSettings;

/** Changes rows as their users would. */
record Revision(Inventor inventor) {

    void revise(SealedRow row) {
        if (row instanceof SocialConnection connection) {
            connection.renew(inventor.tokens());
        } else if (row instanceof UserCredential credential) {
            revise(credential);
        } else if (row instanceof BlacklistedToken token) {
            token.moveTo(inventor.uuid());
        } else if (row instanceof UserSettings settings) {
            revise(settings);
        } else if (row instanceof PaymentMethod method) {
            revise(method);
        } else if (row instanceof SocialAudit audit) {
            audit.annotate(inventor.auditDetail(inventor.person()));
        } else {
            throw new AssertionError("No revision for " + row.getClass());
        }
    }

    private void revise(UserCredential credential) {
        if (inventor.chance(50)) {
            credential.replaceApiKey(inventor.apiKey());
        } else {
            credential.enrol(inventor.totpSecret(), inventor.recoveryCodes());
        }
    }

    private void revise(UserSettings settings) {
        Person person = inventor.person();
        if (inventor.chance(30)) {
            settings.move(person.address(), person.phone());
        } else if (inventor.chance(50)) {
            settings.introduce(inventor.chance(20) ? null : inventor.biography(person), inventor.visibility());
        } else {
            settings.replaceDevice(inventor.device());
        }
    }

    private void revise(PaymentMethod method) {
        Person person = inventor.person();
        if (inventor.chance(40)) {
            method.limitTo(inventor.amount());
        } else if (inventor.chance(50)) {
            method.payByCard(inventor.card(person));
        } else {
            method.payByTransfer(person.iban());
        }
    }
}
