//! Certificates for 127.0.0.1, and authorities that sign them.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// A CA, whose certificate is a file.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// The files of a certificate and its key.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Writes its certificate into a file.
    pub(crate) fn write(&self, directory: &Path, name: &str) -> String {
        write(&directory.join(name), &self.pem)
    }

    /// Signs a certificate of 127.0.0.1 and writes it and its key, over what was there.
    pub(crate) fn issue(&self, directory: &Path, name: &str) -> Identity {
        self.issue_until(directory, name, 2100)
    }

    pub(crate) fn issue_until(&self, directory: &Path, name: &str, year: i32) -> Identity {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Identity {
            certificate: write(&directory.join(format!("{name}.pem")), &certificate),
            key: write(&directory.join(format!("{name}.key")), &key.serialize_pem()),
        }
    }
}

fn write(file: &Path, text: &str) -> String {
    std::fs::write(file, text).unwrap();
    file.display().to_string()
}
