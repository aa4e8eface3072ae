package io.reseal.rotation.internal.notify;

import io.reseal.rotation.internal.setting.SettingReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * An address that notices may be posted to: its host is on the list, and it is reached by TLS, or on this machine, or in clear because
 * somebody said so. Shows its host only, because paths of such addresses are often secrets.
 */
final class Endpoint {

    private final URI address;

    private Endpoint(URI address) {
        this.address = address;
    }

    /**
     * @param setting that it came from
     * @param hosts that are allowed, in lower case
     * @param isPlainAllowed whether it need not be TLS
     * @throws io.reseal.ResealConfigurationException if it is not allowed; the message does not quote more than the host
     */
    static Endpoint of(String setting, String url, Set<String> hosts, boolean isPlainAllowed) {
        URI uri = parsed(setting, url);
        String host = host(uri);
        boolean isTls = "https".equalsIgnoreCase(uri.getScheme());
        if (host.isEmpty() || uri.getRawUserInfo() != null || !(isTls || "http".equalsIgnoreCase(uri.getScheme()))) {
            throw SettingReader.unusable(
                    setting, "is no address for notices: use https://, a host, and a path, without a user name");
        }
        if (!hosts.contains(host)) {
            throw SettingReader.unusable(
                    setting,
                    "leads to the host " + host + ", which is not on the list: add it to " + ChannelSettings.HOSTS
                            + " if notices may go there");
        }
        if (!isTls && !isPlainAllowed && !isLoopback(host)) {
            throw SettingReader.unusable(
                    setting,
                    "leads to " + host + " without TLS: use https://, or set "
                            + setting.replaceAll("url$", "plain-http")
                            + " to true if nobody can read or change what is on the way");
        }
        return new Endpoint(uri);
    }

    private static URI parsed(String setting, String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw SettingReader.unusable(
                    setting, "is no URL: use https://, a host, and a path"); // its message quotes the URL
        }
    }

    private static String host(URI uri) {
        return uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    }

    /** By what is written: a name that resolves to this machine today may lead elsewhere tomorrow. */
    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }

    URI address() {
        return address;
    }

    NoticePath path() {
        return NoticePath.to(toString(), "https".equalsIgnoreCase(address.getScheme()), isLoopback(host(address)));
    }

    @Override
    public String toString() {
        return address.getScheme() + "://" + host(address) + (address.getPort() < 0 ? "" : ":" + address.getPort());
    }
}
