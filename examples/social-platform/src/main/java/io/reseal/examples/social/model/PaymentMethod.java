package io.reseal.examples.social.model;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A card or a bank account; the other of the two is null, and stays null in the database. */
@Entity
@Table(name = "payment_methods")
public class PaymentMethod extends UserOwned {

    @Encrypted
    @Column(length = 300)
    private @Nullable Card card;

    @Encrypted(form = StorageForm.TEXT)
    @Column(length = 34)
    private @Nullable String iban;

    @Encrypted
    private BigDecimal monthlyLimit;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected PaymentMethod() {}

    private PaymentMethod(User user, @Nullable Card card, @Nullable String iban, BigDecimal monthlyLimit) {
        super(user);
        this.card = card;
        this.iban = iban;
        this.monthlyLimit = monthlyLimit;
    }

    public static PaymentMethod byCard(User user, Card card, BigDecimal monthlyLimit) {
        return new PaymentMethod(user, card, null, monthlyLimit);
    }

    public static PaymentMethod byTransfer(User user, String iban, BigDecimal monthlyLimit) {
        return new PaymentMethod(user, null, iban, monthlyLimit);
    }

    public void payByCard(Card newCard) {
        card = newCard;
        iban = null;
    }

    public void payByTransfer(String newIban) {
        card = null;
        iban = newIban;
    }

    public void limitTo(BigDecimal newLimit) {
        monthlyLimit = newLimit;
    }

    @Override
    public List<@Nullable Object> secrets() {
        List<@Nullable Object> secrets = new ArrayList<>();
        secrets.add(card);
        secrets.add(iban);
        secrets.add(monthlyLimit);
        return secrets;
    }
}
