"""The languages of the portal: English, French, German, Dutch.

``template_source``   the messages of a template, and the template in another language
``loaders``           what gives Django a template in the reader's language
``catalogs``          the translations: extracted, kept (``kept/<room>/locale``), compiled
``speaker``           how ``kept.sentences`` say messages, numbers and days in Django's active language
``choice``            whose language a page is written in: its address, the reader's choice, English
``pseudo``            a language with 40 % more letters, for looking at pages
"""
