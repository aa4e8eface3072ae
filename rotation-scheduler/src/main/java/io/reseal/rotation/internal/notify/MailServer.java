package io.reseal.rotation.internal.notify;

import io.reseal.rotation.internal.setting.SettingReader;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLContext;

/**
 * Where mail is handed in, and how. Never shows the login's password.
 *
 * @param from the sender
 * @param timeout for connecting, and for each answer
 */
record MailServer(
        String host,
        int port,
        Security security,
        String from,
        Optional<Login> login,
        Duration timeout,
        Optional<SSLContext> tls) {

    MailServer {
        if (login.isPresent() && security == Security.NONE && !Endpoint.isLoopback(host)) {
            throw SettingReader.unusable(
                    ChannelSettings.MAIL_TLS,
                    "is 'none' while a password is sent to " + host + ": use starttls or implicit, or no "
                            + ChannelSettings.MAIL_USER);
        }
    }

    /** How the connection is protected. */
    enum Security {
        /** It begins in clear, and nothing is sent before it is protected. */
        STARTTLS,
        /** From the first byte. */
        IMPLICIT,
        /** Not at all. */
        NONE
    }

    /** Who hands mail in. */
    record Login(String user, String password) {

        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** As Jakarta Mail has them. */
    Properties properties() {
        Properties all = new Properties();
        String millis = Long.toString(timeout.toMillis());
        all.setProperty("mail.transport.protocol", "smtp");
        all.setProperty("mail.smtp.host", host);
        all.setProperty("mail.smtp.port", Integer.toString(port));
        all.setProperty("mail.smtp.auth", Boolean.toString(login.isPresent()));
        all.setProperty("mail.smtp.connectiontimeout", millis);
        all.setProperty("mail.smtp.timeout", millis);
        all.setProperty("mail.smtp.writetimeout", millis);
        all.setProperty("mail.smtp.starttls.enable", Boolean.toString(security == Security.STARTTLS));
        all.setProperty("mail.smtp.starttls.required", Boolean.toString(security == Security.STARTTLS));
        all.setProperty("mail.smtp.ssl.enable", Boolean.toString(security == Security.IMPLICIT));
        all.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        tls.ifPresent(context -> all.put("mail.smtp.ssl.socketFactory", context.getSocketFactory()));
        return all;
    }

    /** By what is required: without it, nothing is sent. */
    NoticePath path() {
        return NoticePath.to(toString(), security != Security.NONE, Endpoint.isLoopback(host));
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
