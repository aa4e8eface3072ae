package io.reseal.examples.social.model;

import io.reseal.Encrypted;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a user told the platform about itself, and keeps from others. */
@Entity
@Table(name = "user_settings")
public class UserSettings extends UserOwned {

    @Encrypted
    @Column(length = 40)
    private String phone;

    @Encrypted
    private LocalDate birthDate;

    @Encrypted
    @Column(length = 400)
    private Address address;

    @Encrypted
    @Column(length = 2000)
    private @Nullable String biography;

    @Encrypted
    private Visibility visibility;

    @Encrypted
    @ElementCollection
    @CollectionTable(name = "user_settings_devices")
    @OrderColumn(name = "position")
    @Column(name = "device", length = 120)
    private List<String> devices;

    @SuppressWarnings("NullAway.Init") // filled by Hibernate
    protected UserSettings() {}

    public UserSettings(User user, Profile profile, List<String> devices) {
        super(user);
        this.phone = profile.phone();
        this.birthDate = profile.birthDate();
        this.address = profile.address();
        this.biography = profile.biography();
        this.visibility = profile.visibility();
        this.devices = new ArrayList<>(devices);
    }

    /** What a user fills in when it signs up. */
    public record Profile(
            String phone,
            LocalDate birthDate,
            Address address,
            @Nullable String biography,
            Visibility visibility) {

        @Override
        public String toString() {
            return "Profile[…]";
        }
    }

    /** The user moved house. */
    public void move(Address newAddress, String newPhone) {
        address = newAddress;
        phone = newPhone;
    }

    public void introduce(@Nullable String newBiography, Visibility newVisibility) {
        biography = newBiography;
        visibility = newVisibility;
    }

    /** The first device gives way to a new one. */
    public void replaceDevice(String device) {
        if (!devices.isEmpty()) {
            devices.remove(0);
        }
        devices.add(device);
    }

    @Override
    public List<@Nullable Object> secrets() {
        List<@Nullable Object> secrets = new ArrayList<>();
        secrets.add(phone);
        secrets.add(birthDate);
        secrets.add(address);
        secrets.add(biography);
        secrets.add(visibility);
        secrets.add(List.copyOf(devices));
        return secrets;
    }
}
