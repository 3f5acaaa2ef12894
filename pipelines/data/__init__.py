"""Datasets to begin with: fetched, checked, kept in a cache, and put where an environment reads.

pip_settings  where packages come from here, as pip is configured
package_index which URL a package's file has
http          how a URL is opened: certificates, credentials, proxy
download      URL → file, resumed after an interruption, never wrong
census        the KDD census-income data, from the package that ships them
upload        files → objects, each once
"""
