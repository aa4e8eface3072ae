package io.reseal.rotation.internal.notify;

import io.reseal.rotation.internal.alert.OneLine;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertNotice;
import io.reseal.rotation.spi.NotDeliveredException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;

/** Hands plain text mail in at an SMTP server. The notice's id is the message's: mail programs show it once. */
public final class MailChannel implements AlertChannel, NoticePath.Known {

    /** What routes call it. */
    public static final String NAME = "mail";

    private final MailServer server;
    private final Session session;
    private final InstantSource clock;

    MailChannel(MailServer server, InstantSource clock) {
        this.server = server;
        this.session = Session.getInstance(server.properties());
        this.clock = clock;
    }

    /** Whether mail can go there. */
    public static boolean isAddress(String text) {
        try {
            new InternetAddress(text, true).validate();
            return text.indexOf('@') > 0;
        } catch (AddressException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void send(AlertNotice notice) throws NotDeliveredException {
        try (Transport transport = session.getTransport()) {
            MimeMessage message = message(notice);
            if (server.login().isPresent()) {
                MailServer.Login login = server.login().get();
                transport.connect(login.user(), login.password());
            } else {
                transport.connect();
            }
            transport.sendMessage(message, message.getAllRecipients());
        } catch (MessagingException e) {
            throw new NotDeliveredException("The mail server " + server + " did not take it ("
                    + e.getClass().getSimpleName() // its message may quote what a server says about a login
                    + "). Check " + ChannelSettings.MAIL + "…, and that this node may connect to it");
        }
    }

    private MimeMessage message(AlertNotice notice) throws MessagingException {
        MimeMessage message = new Identified(session, notice.id());
        message.setFrom(new InternetAddress(server.from()));
        message.setRecipients(Message.RecipientType.TO, addresses(notice.recipients()));
        message.setSubject(OneLine.of(notice.title()), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(clock.instant()));
        message.setHeader("Reseal-Notice-Id", notice.id());
        message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no holiday notices in return
        message.setText(notice.text(), StandardCharsets.UTF_8.name());
        message.saveChanges();
        return message;
    }

    private static InternetAddress[] addresses(List<String> recipients) throws AddressException {
        return InternetAddress.parse(String.join(",", recipients), true);
    }

    /** Jakarta Mail would give every attempt another id. */
    private static final class Identified extends MimeMessage {

        private final String id;

        Identified(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + id + "@reseal>");
        }
    }

    @Override
    public NoticePath path() {
        return server.path();
    }

    @Override
    public String toString() {
        return "mail by " + server;
    }
}
